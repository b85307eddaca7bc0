import { Anchor, Group, Switch, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { plain } from "./ansi";
import type { Log } from "./useLog";

/** The log, which stays at its end while lines come, until the reader scrolls up. */
export function LogView({ log, run }: { log: Log; run: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what makes it scroll
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log.lines, follow]);

  function scrolled() {
    const el = box.current;
    if (el) setFollow(el.scrollHeight - el.scrollTop - el.clientHeight < 24);
  }

  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Switch
          size="sm"
          label="Follow"
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <Group gap="md">
          <Text size="xs" c="dimmed" aria-live="polite">
            {log.ended ? `${log.first + log.lines.length - 1} lines` : "streaming"}
          </Text>
          <Anchor size="xs" href={`/api/runs/${encodeURIComponent(run)}/log`} download={`${run}.log`}>
            Download
          </Anchor>
        </Group>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className="log" ref={box} onScroll={scrolled} role="log" aria-label="Log" tabIndex={0}>
        {log.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line's number never changes
          <div className={line.startsWith("[Pipeline]") ? "log-line marker" : "log-line"} key={log.first + i}>
            <span className="log-number">{log.first + i}</span>
            <span>{plain(line)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
