/** The user's property that this thread evaluates. It stays if it is ended from outside. */
let running: string | undefined;

/** @param property its name with its scenario; undefined: it has returned. */
export function setRunningProperty(property: string | undefined): void {
  running = property;
}

/** Forgets the property that was ended before it returned, and returns it. Undefined: none was. */
export function takeRunningProperty(): string | undefined {
  const property = running;
  running = undefined;
  return property;
}
