import type { Doubt } from './absence.ts';
import type { ProviderErrorKind } from './provider-errors.ts';

/** Why a load did not bring all that was asked: a provider's error, or what the data themselves say. */
export type LoadErrorKind =
  | ProviderErrorKind
  | Doubt
  | 'AmbiguousSymbol'
  | 'ComputationFailed'
  | 'ConflictingRows'
  | 'DeadlineExceeded'
  | 'NoBars'
  | 'Quarantined'
  | 'SplitBasisUnknown'
  | 'WriteRefused'
  | 'partial'
  | 'warming_up';

/** The cause of one load or request, as the ledger keeps it. */
export interface LoadError {
  readonly kind: LoadErrorKind;
  readonly message: string;
}

/** Why a whole run ended early: its kind is the type of whatever failure Temporal has reported. */
export interface RunFailure {
  readonly kind: string;
  readonly message: string;
}
