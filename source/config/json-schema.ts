import * as z from 'zod';
import { configFile } from './schema.ts';

/**
 * JSON Schema (draft 7, which editors' YAML support knows best) of the configuration file. The
 * package ships it as `templates/config.schema.json`.
 */
export const configJsonSchema = (): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(configFile, { io: 'input', target: 'draft-7' });
