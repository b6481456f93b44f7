import { InvalidArgumentError, Option } from 'commander';
import { isLabName } from '../lab/names.js';

export const output = (...choices: string[]) =>
  new Option('-o, --output <format>', 'form of the output').choices(choices).default('text');
export const stateDirectory = () =>
  new Option('--state <directory>', 'where keys, tokens and mirrors are kept')
    .env('VIRTUOSO_STATE')
    .default('.virtuoso');
export const logFormat = () =>
  new Option('--log-format <format>', 'form of the log on stderr').choices(['json', 'text']).default('json');
export const server = () =>
  new Option('--server <url>', "address of the reconciler's API")
    .env('VIRTUOSO_SERVER')
    .default('http://127.0.0.1:8080');

export function whole(text: string): number {
  if (!/^[0-9]{1,10}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

export function nameOfLab(text: string): string {
  if (!isLabName(text)) throw new InvalidArgumentError('Write at most 32 of a-z, 0-9 and hyphens between them.');
  return text;
}
