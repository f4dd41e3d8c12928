import { constants } from 'node:fs';

/** How a claimed file is opened: one that was replaced by a link or a pipe is not followed, and holds nobody up. */
export const NEVER_WAITS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
