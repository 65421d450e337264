/** Attributes of an element: a handler of an event where the value is a function, left out where it is undefined or false. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>;
type Child = Node | string | undefined | readonly (Node | string | undefined)[];

/** An HTML element. Text is only ever set as text. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] => filled(document.createElement(name), attributes, children);

/** An SVG element. */
export const svg = <K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] =>
  filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as (event: Event) => void);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children.flat()) if (child !== undefined) element.append(child);
  return element;
}

/** `12,345` */
export const groupDigits = (value: number): string => value.toLocaleString('en-US');

/** `1 step`, `2 steps` */
export const pluralise = (n: number, word: string, words = `${word}s`): string =>
  `${groupDigits(n)} ${n === 1 ? word : words}`;
