/** A piece of XML. Text is given as it is meant: it is escaped when it is written. */
export type XmlElement = {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly children?: readonly XmlElement[];
  readonly text?: string;
};

/** An element as a document, in UTF-8. */
export const xmlDocument = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`;

const write = ({ attributes = {}, children = [], name, text = '' }: XmlElement, indent: string) => {
  const written = Object.entries(attributes)
    .map(([attribute, value]) => ` ${attribute}="${escapeAttribute(String(value))}"`)
    .join('');
  const start = `${indent}<${name}${written}`;
  if (children.length === 0 && text === '') return `${start}/>\n`;
  // Blanks around text would be part of it.
  if (children.length === 0) return `${start}>${escapeText(text)}</${name}>\n`;
  const inner: string = children.map((child) => write(child, `${indent}  `)).join('');
  return `${start}>\n${inner}${indent}</${name}>\n`;
};

const escapeText = (text: string): string =>
  printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Parsers turn bare line breaks and tabs in attributes into blanks. */
const escapeAttribute = (text: string): string =>
  escapeText(text)
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;');

/**
 * Without the characters that no XML document may have, not even escaped
 * (https://www.w3.org/TR/xml/#charsets).
 */
const printable = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
