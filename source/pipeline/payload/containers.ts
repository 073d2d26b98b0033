import { parse } from 'yaml';
import * as z from 'zod';
import type { PayloadFile } from './payload-file.ts';

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
 * Names of the containers that the payload's compose files start: `container_name` where given,
 * else the service's name. Services behind a profile are left out, since `up` does not start them.
 * A compose file that is a template with no valid YAML names none.
 */
export const containersOf = (files: readonly PayloadFile[]): string[] =>
  files
    .filter(({ name }) => composeName.test(name))
    .flatMap((file) => {
      const compose = composeFile.safeParse(parseYaml(file.content.toString('utf8')));
      if (!compose.success) return [];
      return Object.entries(compose.data.services)
        .filter(([, service]) => service?.profiles === undefined)
        .map(([name, service]) => service?.container_name ?? name);
    });

const parseYaml = (text: string): unknown => {
  try {
    return parse(text);
  } catch {
    // Placeholders can make a template invalid until it is rendered on the node.
    return undefined;
  }
};
