/** Orders of rows, and what they are called. */
export const ORDERS = { change: 'what fell most', name: 'name', value: 'lowest first', alarms: 'most alarms' } as const;
export type Order = keyof typeof ORDERS;
