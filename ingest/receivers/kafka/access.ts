/** How we get into a cluster. */
export interface KafkaAccess {
  /** `host:port` of brokers to begin with; each knows the others. */
  readonly brokers: readonly string[];
  /** PEM texts; without the object nothing is encrypted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl?: KafkaSignIn | undefined;
}

/** A user of a cluster. */
export interface KafkaSignIn {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];
