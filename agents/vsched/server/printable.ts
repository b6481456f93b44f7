/** Text that others have chosen, such as the name of a program, without what would steer a terminal; at most so many characters. */
export function printable(text: string, most: number): string {
  return [...text.replaceAll(/\p{C}/gu, '?')].slice(0, most).join('');
}
