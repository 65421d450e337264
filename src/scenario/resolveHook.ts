/** Runs on Node's own thread for module hooks: `gfnring`, imported from anywhere, is the package that is running. */
let urls: Readonly<Record<string, string>> = {};

export function initialize(data: Readonly<Record<string, string>>): void {
  urls = data;
}

export function resolve(
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => unknown,
): unknown {
  const url = Object.hasOwn(urls, specifier) ? urls[specifier] : undefined;
  return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true };
}
