/** Something a person may want to know; goes to the log. WARN = nothing is lost, ERROR = a person is needed. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}
