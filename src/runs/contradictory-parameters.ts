/** Parameters that pass a schema and contradict each other, or the moment; `field` is the one to correct. */
export class ContradictoryParameters extends Error {
  override readonly name = 'ContradictoryParameters';
  readonly field: string;
  readonly remedy: string;
  constructor(field: string, message: string, remedy: string) {
    super(message);
    this.field = field;
    this.remedy = remedy;
  }
}
