/** What the help of a command ends with: lines of the command line without its name, and what each is for. */
export function examples(of: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(of).map(({ length }) => length));
  const lines = Object.entries(of).map(([line, what]) => `  gfnring ${line.padEnd(width)}  # ${what}`);
  return ['', 'Examples:', ...lines].join('\n');
}
