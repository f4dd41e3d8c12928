/** The secrets of a setting, apart by blanks: each `whsec_` and 24 to 64 bytes in base64. Undefined when one is something else. */
export function secretsOf(setting: string): Buffer[] | undefined {
  const secrets = setting.trim().split(/\s+/).map((text) => {
    const [, base64 = ''] = /^whsec_([A-Za-z\d+/]+={0,2})$/.exec(text) ?? [];
    return Buffer.from(base64, 'base64');
  });
  return secrets.every(({ length }) => length >= 24 && length <= 64) ? secrets : undefined;
}
