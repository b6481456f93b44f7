import type { Range } from '../schema/generated/types.js';
import type { FieldPath, LocatedDocument } from '../schema/validate/document.js';

/** Where each value of a document stands, by its path as JSON: `locate` as data, which threads can send each other. */
export type Places = ReadonlyMap<string, Range>;

export function placesOf({ document, locate }: LocatedDocument): Places {
  const places = new Map<string, Range>();
  const visit = (value: unknown, path: FieldPath) => {
    places.set(JSON.stringify(path), locate(path));
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(document, []);
  return places;
}

/** As `locate` of the document, but that parts of a text stand where the whole text does. */
export function locateBy(places: Places): LocatedDocument['locate'] {
  return (field) => {
    for (let length = field.length; length >= 0; length--) {
      const place = places.get(JSON.stringify(field.slice(0, length)));
      if (place) return place;
    }
    throw new Error('places always hold that of the whole document');
  };
}
