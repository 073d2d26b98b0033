import { useEffect, useRef } from 'react';
import { windowOffset } from './window-offset.ts';

/**
 * Index of the first visible row. It stays where it was for as long as the selected row is visible.
 */
export const useRowWindow = (count: number, height: number, selected: number): number => {
  const previous = useRef(0);
  const offset = windowOffset({ count, height, selected, previous: previous.current });
  useEffect(() => {
    previous.current = offset;
  }, [offset]);
  return offset;
};
