import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framesOf } from '../../bench/dashboard/frames.ts';
import { keyLatencies } from '../../bench/dashboard/key-latency.ts';

const begin = '\u001B[?2026h';
const output = (time: number, text: string) => ({ time, bytes: Buffer.from(text) });

test('a frame begins where Ink says so, and has the time of the piece that it begins in', () => {
  const frames = framesOf([
    output(1, 'alternate screen'),
    output(2, `${begin}one`),
    output(3, ` more${begin}two`),
    output(4, `${begin}`),
    output(5, 'three'),
  ]);
  assert.deepEqual(frames, [
    { time: 2, text: `${begin}one more`, bytes: 16 },
    { time: 3, text: `${begin}two`, bytes: 11 },
    { time: 4, text: `${begin}three`, bytes: 13 },
  ]);
});

test('a beginning that comes in two pieces belongs to the first of them', () => {
  const [frame] = framesOf([output(1, begin.slice(0, 3)), output(2, `${begin.slice(3)}x`)]);
  assert.equal(frame?.time, 1);
});

const frame = (time: number, text: string) => ({
  time,
  text: `\u001B[H\u001B[2K${text}`,
  bytes: 0,
});
const firstLine = ([line = '']: readonly string[]) => line;

test('a key is answered by the first frame that shows another line', async () => {
  const frames = [frame(0, 'a'), frame(15, 'a'), frame(30, 'b'), frame(45, 'b'), frame(58, 'a')];
  assert.deepEqual(await keyLatencies(frames, [10, 50], firstLine), [20, 8]);
});

test('keys that one frame answers count once, from the first of them', async () => {
  const frames = [frame(0, 'a'), frame(40, 'c'), frame(70, 'b')];
  assert.deepEqual(await keyLatencies(frames, [10, 20, 60], firstLine), [30, 10]);
});

test('a change that no key made counts for nothing', async () => {
  const frames = [frame(0, 'a'), frame(10, 'b'), frame(30, 'c')];
  assert.deepEqual(await keyLatencies(frames, [20], firstLine), [10]);
});
