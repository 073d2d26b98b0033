/** Why a file or folder can't be used, in words for people. */
export const describeReadFailure = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'you have no permission to read it';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'something in its path is a file instead of a folder';
    case 'ELOOP':
      return 'its symbolic links go round in circles';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    default:
      return error.message;
  }
};
