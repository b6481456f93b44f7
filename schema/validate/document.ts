import type {
  Adaptation,
  AdmissionRule,
  ChangeLimit,
  CostConstraint,
  Host,
  LinkPolicy,
  Network,
  Objective,
  Range,
  Site,
  VirtualNetwork,
  VMSet,
} from '../generated/types.js';

/** Any document that an operator writes; `kind` tells which. */
export type OperatorDocument =
  | Adaptation
  | AdmissionRule
  | ChangeLimit
  | CostConstraint
  | Host
  | LinkPolicy
  | Network
  | Objective
  | Site
  | VirtualNetwork
  | VMSet;

export type Kind = OperatorDocument['kind'];

/** Keys and indices from the top of a document down to one value. */
export type FieldPath = readonly (string | number)[];

/** Characters of a text value, in UTF-16 units: from `start` to before `end`. */
export interface TextPart {
  start: number;
  end: number;
}

/** A document that fits its schema, and where it and each of its fields stand in a file. */
export interface LocatedDocument {
  document: OperatorDocument;
  /** Range of the value of a field, or of a part of its text; or of the nearest field above it that is written. */
  locate(field: FieldPath, part?: TextPart): Range;
}

/** A document of one kind. */
export type Located<K extends Kind> = LocatedDocument & { document: Extract<OperatorDocument, { kind: K }> };
