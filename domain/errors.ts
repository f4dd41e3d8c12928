/** Every way in which wellwatch as a whole can fail. Bad *data* is never an error: it becomes a reject. */
export type ErrorCode =
  | 'CONFIG'                // the configuration can't be used; exit code 2
  | 'USAGE'                 // the command line can't be used; exit code 2
  | 'NOT_FOUND'             // what is named is not there; exit code 2
  | 'CONFLICT'              // it can't be done as things stand
  | 'ALREADY_RUNNING'       // another instance holds the data directory, or another program a stream's folder
  | 'FENCED'                // another worker has taken the partition over
  | 'FORMAT_NEWER'          // the store was written by a newer version
  | 'STORE_UNAVAILABLE'     // the table can't be read or written just now
  | 'STORE_DAMAGED'         // the table holds bytes that no version wrote
  | 'JOURNAL_UNAVAILABLE'   // the journal can't be written: disk full, read-only, gone
  | 'JOURNAL_DAMAGED'       // the journal holds bytes that no version wrote
  | 'INBOX_UNAVAILABLE'     // the inbox can't be listed, or a file in it can't be moved
  | 'BROKER_UNAVAILABLE'    // the broker refuses us for good: bad credentials, a taken port
  | 'HTTP_UNAVAILABLE'      // the web page and the API can't listen: a taken port
  | 'REFERENCE_UNUSABLE'    // a reference file can't be read or parsed
  | 'OUTPUT_UNAVAILABLE'    // where a command writes is full, or is not open to us
  | 'WORKER_DIED'           // the streaming job's thread ended without a word
  | 'NOT_SUPPORTED';        // asked for something that this version can't do

/**
 * The one error class. `message` is a sentence for a person: what was expected, what came, where,
 * and what to do next. `cause` keeps the original error for the log.
 */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }

  /** 2 for wrong usage or configuration, otherwise 1. */
  get exitCode(): 1 | 2 {
    return this.code === 'CONFIG' || this.code === 'USAGE' || this.code === 'NOT_FOUND' ? 2 : 1;
  }
}

/** Whether a call failed because the table can't be read or written just now: it may be asked again later. */
export function isStoreUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'STORE_UNAVAILABLE';
}

/** The sentence of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of a failed call, such as `ENOENT`, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
