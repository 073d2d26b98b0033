import { type Call, complain } from '../call.ts';
import { parseOptions } from '../options.ts';
import { inspectContainer, inspectImage, psRow } from './container-view.ts';
import { type Container, type ContainerEngine, DockerError } from './engine.ts';
import { fillTemplate, type TemplateValue } from './go-template.ts';
import { printRows } from './print-rows.ts';

/** `docker ps`. */
export const ps = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    all: { short: 'a' },
    quiet: { short: 'q' },
    'no-trunc': {},
    format: { value: 'required' },
    filter: { short: 'f', value: 'required' },
    last: { short: 'n', value: 'required' },
    latest: { short: 'l' },
    size: { short: 's' },
  });
  if (given.problem !== undefined) return complain(call, `docker: ${given.problem}`, 125);
  const filters = given.all('filter');
  const everything = given.has('all') || filters.some((filter) => filter.startsWith('status='));
  const containers = engine
    .containers()
    .filter((container) => everything || container.state === 'running')
    .filter((container) => passes(container, filters))
    .sort((a, b) => b.createdAt - a.createdAt);
  const fullId = given.has('no-trunc');
  const rows = containers.map((container) => psRow(container, fullId));
  if (given.has('quiet')) {
    for (const row of rows) call.out(`${row.ID}\n`);
    return 0;
  }
  printRows(
    call,
    rows,
    {
      ID: 'CONTAINER ID',
      Image: 'IMAGE',
      Command: 'COMMAND',
      RunningFor: 'CREATED',
      Status: 'STATUS',
      Ports: 'PORTS',
      Names: 'NAMES',
    },
    given.last('format'),
  );
  return 0;
};

const passes = (container: Container, filters: readonly string[]): boolean => {
  const groups = Map.groupBy(filters, (filter) => filter.split('=')[0] ?? '');
  return [...groups].every(([key, values]) =>
    values.some((filter) => {
      const value = filter.slice(key.length + 1);
      switch (key) {
        case 'name':
          return (
            new RegExp(value).test(container.name) || new RegExp(value).test(`/${container.name}`)
          );
        case 'id':
          return container.id.startsWith(value);
        case 'status':
          return container.state === value;
        case 'ancestor':
          return container.image === value || container.image.startsWith(`${value}:`);
        case 'exited':
          return container.state === 'exited' && container.exitCode === Number(value);
        case 'label': {
          const [name = '', wanted] = value.split(/=(.*)/s);
          const found = container.labels[name];
          return found !== undefined && (wanted === undefined || found === wanted);
        }
        case 'health':
          return container.healthcheck ? value === 'healthy' : value === 'none';
        default:
          throw new DockerError(`invalid filter '${key}' (or not simulated)`);
      }
    }),
  );
};

/** `docker inspect`, of containers and of images. */
export const inspect = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    format: { short: 'f', value: 'required' },
    size: { short: 's' },
    type: { value: 'required' },
  });
  const found: Record<string, TemplateValue>[] = [];
  let status = 0;
  for (const name of given.operands) {
    const image = given.last('type') === 'container' ? undefined : engine.image(name);
    const container =
      given.last('type') === 'image'
        ? undefined
        : engine.containers().find((each) => each.name === name || each.id.startsWith(name));
    if (container !== undefined) found.push(inspectContainer(container));
    else if (image !== undefined) found.push(inspectImage(image));
    else {
      const kind = given.last('type') ?? 'object';
      status = complain(call, `Error: No such ${kind}: ${name}`);
    }
  }
  const format = given.last('format');
  if (format === undefined) call.out(`${JSON.stringify(found, undefined, 4)}\n`);
  else for (const each of found) call.out(`${fillTemplate(format, each)}\n`);
  return status;
};
