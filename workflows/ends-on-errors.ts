import { defaultPayloadConverter, RawValue, rawValueTypeInfo } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, defineWorkflowOptions } from '@temporalio/workflow';

/** More arguments than any client gives a workflow. */
const inputTypes = Array.from({ length: 100 }, () => rawValueTypeInfo);

/**
 * A workflow that any error of its own ends: without, what its code throws, or an argument that cannot be read, would be
 * tried again for ever. A history that the code does not fit any more still waits for code that does. What cannot be
 * read is handed on as its bytes; an activity's failure says first what it was.
 */
export function endsOnErrors<Args extends unknown[], Result>(
  workflow: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  const ending = async (...args: Args) => {
    try {
      return await workflow(...(args.map(readOrBytes) as Args));
    } catch (error) {
      throw inItsOwnWords(error);
    }
  };
  defineWorkflowOptions(ending, {
    workflowDefinitionOptions: { failureExceptionTypes: [Error] },
    staticOptions: { typeInfo: { inputTypes } },
  });
  return ending;
}

function readOrBytes(arg: unknown): unknown {
  if (!(arg instanceof RawValue)) return arg;
  const { payload } = arg;
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    // Said by whoever finds bytes in place of parameters.
    return payload.data ?? new Uint8Array();
  }
}

function inItsOwnWords(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  if (!(cause instanceof ApplicationFailure)) return error;
  return ApplicationFailure.create({
    message: cause.message,
    nonRetryable: true,
    cause,
    ...(cause.type == null ? {} : { type: cause.type }),
  });
}
