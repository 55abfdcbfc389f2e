/** Something that the tracking store does not do, for a reason that is the client's: named as MLflow names it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code:
      | "INVALID_PARAMETER_VALUE"
      | "RESOURCE_ALREADY_EXISTS"
      | "RESOURCE_DOES_NOT_EXIST"
      | "INVALID_STATE"
      | "BAD_REQUEST",
    message: string,
  ) {
    super(message);
  }
}
