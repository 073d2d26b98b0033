import { ConfigError, formatIssue } from '../../config/issue.ts';
import { loadConfig } from '../../config/load.ts';
import { checkPaths } from '../../config/paths.ts';
import { outlinePayload } from '../../pipeline/payload/payload.ts';
import { PayloadError } from '../../pipeline/payload/payload-error.ts';
import { buildUserData } from '../../pipeline/user-data.ts';

/**
 * What `create` would say against the new folder: complete lines. Nothing is contacted.
 *
 * @param folder Absolute path of where it lies for now.
 */
export const examineImport = async (
  folder: string,
  environment: NodeJS.ProcessEnv,
  templatesFolder: string,
): Promise<string[]> => {
  try {
    const { config, issueAt, warnings } = await loadConfig('config.yaml', {
      environment,
      workingDirectory: folder,
    });
    const issues = [...warnings, ...(await checkPaths(config, issueAt))].map(formatIssue);
    const payload = await outlinePayload(config, templatesFolder);
    const userData = await buildUserData(config, templatesFolder);
    return [...issues, ...payload.warnings, ...userData.warnings];
  } catch (error) {
    if (error instanceof ConfigError) {
      return [...error.issues, ...error.warnings].map(formatIssue);
    }
    if (error instanceof PayloadError) return error.message.split('\n');
    throw error;
  }
};
