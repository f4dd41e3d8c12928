/** Whether a text is the URL of an MQTT broker, `mqtt://host:1883` or `mqtts://host:8883`. */
export function isBrokerUrl(text: string): boolean {
  return /^mqtts?:\/\/[^/]+\/?$/.test(text) && hasHost(text);
}

/** Whether a text is a URL that names a host. */
export function hasHost(text: string): boolean {
  return URL.canParse(text) && new URL(text).hostname !== '';
}
