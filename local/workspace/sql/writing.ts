import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlFailure } from './failure';
import type { Change } from './metastore-tables';
import type { Session } from './session';

/** A write transaction that ends when the statement is cancelled. @throws SqlFailure OPERATION_CANCELED */
export function withConnection<R>(
  session: Session,
  body: (connection: DuckDBConnection) => Promise<Change<R>>,
): Promise<R> {
  return session.tables.write((connection) => interruptible(session.signal, connection, () => body(connection)));
}

/** A read that ends when the statement is cancelled. @throws SqlFailure OPERATION_CANCELED */
export function reading<R>(session: Session, body: (connection: DuckDBConnection) => Promise<R>): Promise<R> {
  return session.tables.read((connection) => interruptible(session.signal, connection, () => body(connection)));
}

/** DuckDB forgets an interrupt that comes before a query has begun, so it is sent until the body ends. */
const INTERRUPT_EVERY_MILLISECONDS = 20;

async function interruptible<R>(signal: AbortSignal, connection: DuckDBConnection, body: () => Promise<R>): Promise<R> {
  let repeated: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    repeated ??= setInterval(interrupt, INTERRUPT_EVERY_MILLISECONDS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    throwIfCanceled(signal);
    const result = await body();
    throwIfCanceled(signal);
    return result;
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(repeated);
  }
}

function throwIfCanceled(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new SqlFailure('OPERATION_CANCELED', 'HY008', 'Operation has been canceled.', 'CANCELLED');
  }
}
