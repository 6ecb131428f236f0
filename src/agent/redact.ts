/** Keeps secrets out of whatever a server sends back: an error page may well show the key it refused. */

/** Shorter ones are no secrets, and would riddle answers with stars. */
const leastLength = 8;

export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const needles = secrets.filter((secret) => secret.length >= leastLength);
  return (text) =>
    needles.reduce(
      (clean, needle) => (clean.includes(needle) ? clean.replaceAll(needle, '***') : clean),
      text,
    );
}
