/** The bytes that mean something in a line of CSV. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
/** `byte ^ ZERO` is below 10 for a digit, and for nothing else. */
export const ZERO = 48;
export const COLON = 58;
export const DELETE = 127;
