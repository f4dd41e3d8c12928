/**
 * The MQTT packets that acknowledge a message (MQTT 3.1.1 and 5, sections 3.4 and 3.5), as 32-bit words.
 * In MQTT 5 the missing reason code means success.
 *
 *     byte 0                          byte 1                 bytes 2, 3
 *     0x40 PUBACK, or 0x50 PUBREC     remaining length: 2    packet id, high byte first
 */
export const PUBACK = 0x4002_0000;
export const PUBREC = 0x5002_0000;

/** A QoS 0 message is held like the others but acknowledged by nothing. */
export const NO_ACKNOWLEDGEMENT = 0;

/** One of the kinds above with its packet id. */
export function acknowledgement(kind: number, packetId: number | undefined): number {
  return kind === NO_ACKNOWLEDGEMENT || packetId === undefined ? NO_ACKNOWLEDGEMENT : kind + packetId;
}

/** The packets back to back, to be sent by one write. */
export function encodeAcknowledgements(words: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(words.length * 4);
  let end = 0;
  for (const word of words) {
    if (word !== NO_ACKNOWLEDGEMENT) end = bytes.writeUInt32BE(word, end);
  }
  return bytes.subarray(0, end);
}
