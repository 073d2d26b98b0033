import {
  type Document,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { KeyPath } from '../../config/issue.ts';

export type ConfigChanges = {
  /** Values of `aws`, by key; undefined takes the key out. */
  readonly aws: ReadonlyMap<string, string | number | readonly number[] | undefined>;
  /** What nobody reads. */
  readonly unknownKeys: readonly KeyPath[];
  /** Lines for the beginning of the file, without `#`. */
  readonly heading: readonly string[];
};

/**
 * The old configuration with the changes in it; everything else stays as it is written, comments
 * included.
 *
 * @param text YAML without errors.
 */
export const rewriteConfiguration = (
  text: string,
  { aws, unknownKeys, heading }: ConfigChanges,
): string => {
  const document: Document = parseDocument(text, { merge: true });
  for (const path of unknownKeys) {
    const parent = document.getIn(path.slice(0, -1), true);
    const map = path.length === 1 ? document.contents : parent;
    if (isMap(map)) takeOut(map, String(path.at(-1)));
  }
  if (!isMap(document.get('aws'))) document.set('aws', document.createNode({}));
  const section = document.get('aws');
  if (isMap(section)) {
    for (const [key, value] of aws) {
      if (value === undefined) takeOut(section, key);
      else put(document, section, key, value);
    }
  }
  const lines = heading.map((line) => (line === '' ? '#' : `# ${line}`)).join('\n');
  return `${lines}\n\n${document.toString({ lineWidth: 0, flowCollectionPadding: false })}`;
};

/** Keys about what is sent to nodes. */
const payloadKey = /_directory$|_template$|_script$/;

const put = (document: Document, map: YAMLMap, key: string, value: unknown): void => {
  const pair = pairOf(map, key);
  if (pair !== undefined && isScalar(pair.value) && !Array.isArray(value)) {
    pair.value.value = value;
    // What the file says may be how the old value was written.
    delete (pair.value as Scalar & { source?: string }).source;
    return;
  }
  const node = document.createNode(value, { flow: true });
  if (pair !== undefined) {
    pair.value = node;
    return;
  }
  const at = payloadKey.test(key) ? placeBeside(map) : map.items.length;
  map.items.splice(at, 0, document.createPair(key, node));
};

/** Where a folder of the payload stands best: after those that are there. */
const placeBeside = (map: YAMLMap): number => {
  const near = map.items.findLastIndex(({ key }) => nameOf(key).endsWith('_directory'));
  const any = map.items.findLastIndex(({ key }) => payloadKey.test(nameOf(key)));
  return near !== -1 ? near + 1 : any !== -1 ? any + 1 : map.items.length;
};

/**
 * Takes a key out with the paragraph of comments that is about it. What stands above that, such as
 * the title of a group, goes to the key that follows.
 */
const takeOut = (map: YAMLMap, key: string): void => {
  const pair = pairOf(map, key);
  if (pair === undefined) return;
  const at = map.items.indexOf(pair);
  map.items.splice(at, 1);
  const above = isNode(pair.key) ? paragraphsAbove(pair.key.commentBefore) : undefined;
  const next = map.items[at]?.key;
  if (above === undefined) return;
  if (isNode(next)) {
    next.commentBefore = [above, next.commentBefore].filter((each) => each).join('\n\n');
    next.spaceBefore = true;
  } else {
    map.comment = [above, map.comment].filter((each) => each).join('\n\n');
  }
};

const paragraphsAbove = (comment: string | null | undefined): string | undefined => {
  const paragraphs = comment?.split(/\n[ \t]*\n/) ?? [];
  return paragraphs.length > 1 ? paragraphs.slice(0, -1).join('\n\n') : undefined;
};

const pairOf = (map: YAMLMap, key: string): Pair<unknown, unknown> | undefined =>
  map.items.find((pair) => nameOf(pair.key) === key);

const nameOf = (key: unknown): string => String(isScalar(key) ? key.value : (key as Node | null));
