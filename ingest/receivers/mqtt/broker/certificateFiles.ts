import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../../../../domain/errors.ts';
import { statAt } from '../../../../storage/files/statAt.ts';

/** Paths of PEM files: the broker's certificate and key; with `ca` a client has to show a certificate that this has signed. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

/** What the files hold. */
export type CertificateTexts = Readonly<Partial<Record<keyof ListenerTls, Buffer>>>;

/** The broker's certificate files, which somebody renews while it runs. */
export class CertificateFiles {
  readonly #paths: ListenerTls;
  #version = '';

  constructor(paths: ListenerTls) {
    this.#paths = paths;
  }

  /** Reads them. Throws CONFIG, which names the setting. */
  read(): CertificateTexts {
    this.#version = this.#look();
    const { cert, key, ca } = this.#paths;
    return { cert: pem('cert', cert), key: pem('key', key), ...(ca !== undefined && { ca: pem('ca', ca) }) };
  }

  /** Whether one of them is another one than when they were read. */
  get changed(): boolean {
    return this.#look() !== this.#version;
  }

  #look(): string {
    const { cert, key, ca } = this.#paths;
    return [cert, key, ...(ca === undefined ? [] : [ca])].map(versionOf).join();
  }
}

function versionOf(path: string): string {
  try {
    const stat = statAt(path);
    return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : 'absent';
  } catch (error) {
    return messageOf(error); // reading it says what to do
  }
}

function pem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AppError('CONFIG', `receivers.mqtt.tls.${name}: expected a PEM file that can be read, got ${path} (${messageOf(error)})`, {
      cause: error,
    });
  }
}
