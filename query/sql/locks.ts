/**
 * What a session is set to, in this order: what a question must not change is set first, and locked last. With files and network switched
 * off and the configuration locked nothing but memory is left to a question, whatever its statement is made of.
 */
export function engineLocks(memory: number, timezone: string): string[] {
  return [
    `memory_limit='${Math.round(memory / 1e6)}MB'`, `TimeZone='${timezone.replaceAll('\'', '\'\'')}'`, 'temp_directory=\'\'',
    'autoload_known_extensions=false', 'autoinstall_known_extensions=false', 'enable_external_access=false', 'lock_configuration=true',
  ];
}
