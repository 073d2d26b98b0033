import { useEffect, useRef } from 'react';
import { windowOffset } from './window-offset.ts';

type RowWindowOptions = Omit<Parameters<typeof windowOffset>[0], 'previous'>;

/**
 * Index of the first visible row. It stays where it was for as long as the selected row is visible.
 */
export const useRowWindow = (options: RowWindowOptions): number => {
  const previous = useRef(0);
  const offset = windowOffset({ ...options, previous: previous.current });
  useEffect(() => {
    previous.current = offset;
  }, [offset]);
  return offset;
};
