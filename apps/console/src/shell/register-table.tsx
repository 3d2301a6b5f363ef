import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { Button, Grid, Table, type TableColumnType } from 'antd';
import { useEffect, useRef, useState, type ReactNode, type UIEvent } from 'react';
import { number } from './dates.ts';
import { useWords, type WordKey } from './language.ts';
import { Empty, Loading, Unreadable } from './page.tsx';

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

const rowHeight = 41;
const headHeight = 40;
/** So many rows before the end the next page is asked for. */
const ahead = 40;

function useHeight(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(400);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setHeight(Math.max(200, Math.floor(entry!.contentRect.height))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, height];
}

/** A long list: only the rows in sight are drawn, and pages are read from the server while one scrolls. */
export function RegisterTable<Row extends object>({
  pages,
  rowKey,
  columns,
  narrow,
  label,
  whenEmpty,
  counted = { soFar: 'shell.rowsSoFar', all: 'shell.rowsAll' },
}: {
  pages: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  rowKey: keyof Row & string;
  columns: readonly TableColumnType<Row>[];
  /** The one column of a phone: two lines. */
  narrow: (row: Row) => { readonly first: ReactNode; readonly second: ReactNode };
  label: string;
  whenEmpty: ReactNode;
  /** How many were read: people, unless the list is of something else. */
  counted?: { readonly soFar: WordKey; readonly all: WordKey };
}) {
  const { say } = useWords();
  const [box, height] = useHeight();
  const wide = Grid.useBreakpoint().md ?? true;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetching, isStale } = pages;
  const rows = data?.pages.flatMap(page => page.rows) ?? [];
  const heightOfRow = wide ? rowHeight : 2 * rowHeight;
  const scroll = ({ currentTarget: { scrollTop, clientHeight, scrollHeight } }: UIEvent<HTMLDivElement>) => {
    if (hasNextPage && !isFetchingNextPage && scrollHeight - scrollTop - clientHeight < ahead * heightOfRow) void fetchNextPage();
  };
  const twoLines = (row: Row) => {
    const { first, second } = narrow(row);
    return (
      <div className="narrow-row">
        <span>{first}</span>
        <span className="quiet">{second}</span>
      </div>
    );
  };
  const shown: TableColumnType<Row>[] = wide
    ? [...columns]
    : [{ key: 'narrow', title: label, render: (_, row) => twoLines(row) }];
  return (
    <>
      <div className="register-box" ref={box}>
        {error && !data ? <Unreadable error={error} retry={() => void refetch()} /> : null}
        {!data && !error ? <Loading /> : null}
        {data && rows.length === 0 ? <Empty>{whenEmpty}</Empty> : null}
        {rows.length > 0 ? (
          <Table<Row>
            virtual
            size="small"
            rowKey={rowKey}
            columns={shown}
            dataSource={rows as Row[]}
            pagination={false}
            onScroll={scroll}
            scroll={{ y: height - headHeight, x: wide ? 860 : 300 }}
            aria-label={label}
          />
        ) : null}
      </div>
      <p className="register-foot quiet" role="status">
        {data ? say(hasNextPage ? counted.soFar : counted.all, { count: number(rows.length) }) : ''}
        {isFetchingNextPage ? ` · ${say('shell.loading')}` : ''}
        {data && isStale && !isFetching && (data.pages.length ?? 0) > 3 ? (
          <>
            {` · ${say('shell.listChanged')} `}
            <Button size="small" onClick={() => void refetch()}>
              {say('shell.refresh')}
            </Button>
          </>
        ) : null}
      </p>
    </>
  );
}
