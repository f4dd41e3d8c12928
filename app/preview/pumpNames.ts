/** Names of columns and paths that have the pump's id, the surest first: a gateway names its host too. */
export const PUMP_NAMES: readonly RegExp[] = [
  /(^|[^./:|]*)(pump|well|brunnen|sonde|bohrung)[^./:|]*$/i,
  /(^|[^./:|]*)(resource|asset|station|facility|anlage)[^./:|]*$|^unit$/i,
  /(^|[^./:|]*)device[^./:|]*$/i,
  /(^|\.)(host|location)$/i,
];
