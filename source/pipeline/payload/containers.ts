import { parse } from 'yaml';
import * as z from 'zod';
import { isKnown } from './compose-file.ts';
import { type ComposeStack, endingServices } from './compose-stacks.ts';
import { installedName, type PayloadFile } from './payload-file.ts';

const composeName = /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/;

const composeFile = z.object({
  services: z.record(
    z.string(),
    z
      .object({ container_name: z.string().optional(), profiles: z.array(z.string()).optional() })
      .nullable(),
  ),
});

/**
 * Names of the containers that the payload's compose files start. Services behind a profile are left
 * out, since `up` does not start them.
 *
 * Of a stack: `container_name`, else the names that Compose gives its replicas. Of other compose
 * files, whose project is not known: `container_name`, else the service's name. Names with a
 * placeholder in them are known on the node only, and a compose file that is a template with no valid
 * YAML names none.
 */
export const containersOf = (
  files: readonly PayloadFile[],
  stacks: readonly ComposeStack[] = [],
): string[] => {
  const inStacks = new Set(stacks.flatMap((stack) => stack.files));
  return [
    ...files
      .filter((file) => composeName.test(installedName(file)) && !inStacks.has(file))
      .flatMap((file) => {
        const compose = composeFile.safeParse(parseYaml(file.content.toString('utf8')));
        if (!compose.success) return [];
        return Object.entries(compose.data.services)
          .filter(([, service]) => service?.profiles === undefined)
          .map(([name, service]) => service?.container_name ?? name)
          .filter((name) => !name.includes('{{'));
      }),
    ...stacks.flatMap(containersOfStack),
  ];
};

/** Those that stay. A name with a variable or a placeholder in it is known on the node only. */
const containersOfStack = (stack: ComposeStack): string[] => {
  const ending = endingServices(stack);
  return stack.services
    .filter(({ name }) => !ending.has(name))
    .flatMap(({ containerName, name, replicas }) => {
      if (containerName !== undefined) return isKnown(containerName) ? [containerName] : [];
      return Array.from({ length: replicas }, (_, index) => `${stack.name}-${name}-${index + 1}`);
    });
};

const parseYaml = (text: string): unknown => {
  try {
    return parse(text);
  } catch {
    // Placeholders can make a template invalid until it is rendered on the node.
    return undefined;
  }
};
