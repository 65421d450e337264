const ENCODING = /^content-transfer-encoding:[ \t]*(quoted-printable|base64)[ \t]*$/im;

/**
 * The text of mails as `git am` reads it. Lines end with `\n`, encoded bodies are decoded, and
 * there are no signatures. A text without the headers of a mail stays as it is.
 *
 * @param text one mail, or a mailbox of several.
 */
export const mailText = (text: string): string =>
  withoutSignatures(
    text
      .replaceAll('\r\n', '\n')
      .split(/^(?=From \S+ .*\d{4}$)/m)
      .map(decoded)
      .join(''),
  );

/**
 * Drops the line `-- ` behind a hunk, which begins the signature of a mail. In a hunk it would be a
 * line that the patch removes.
 */
function withoutSignatures(text: string): string {
  let [removes, adds] = [0, 0];
  const lines = text.split('\n').map((line) => {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) [removes, adds] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
    else if (removes <= 0 && adds <= 0) return /^-- ?$/.test(line) ? '' : line;
    else if (!line.startsWith('\\')) {
      if (!line.startsWith('+')) removes--;
      if (!line.startsWith('-')) adds--;
    }
    return line;
  });
  return lines.join('\n');
}

function decoded(mail: string): string {
  const end = mail.indexOf('\n\n');
  const encoding = ENCODING.exec(mail.slice(0, Math.max(end, 0)))?.[1].toLowerCase();
  if (encoding === undefined) return mail;
  const body = mail.slice(end + 2);
  const bytes = encoding === 'base64' ? Buffer.from(body, 'base64') : quotedPrintable(body);
  return `${mail.slice(0, end)}\n\n${bytes.toString().replaceAll('\r\n', '\n')}\n`;
}

/** RFC 2045, section 6.7. */
const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=[ \t]*\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
