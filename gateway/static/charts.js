// Every <figure data-chart> draws the table that stands in it; the table remains, one click away.
"use strict";
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const lying = (kind) => kind === "bar" || kind === "stack";

  function read(figure) {
    const [, ...heads] = figure.querySelectorAll("thead th");
    const rows = [...figure.querySelectorAll("tbody tr")];
    const value = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
    return {
      kind: figure.dataset.chart,
      unit: figure.dataset.unit,
      categories: rows.map((row) => row.querySelector("th").textContent),
      series: heads.map((head, at) => ({
        name: head.textContent,
        tone: head.dataset.tone,
        data: rows.map((row) => value(row.querySelectorAll("td")[at])),
      })),
    };
  }

  function drawn(chart, one, at, ink) {
    const bar = chart.kind !== "line";
    const few = chart.categories.length * chart.series.length <= 30;
    const stacked = chart.kind === "stack";
    const position = stacked ? "inside" : lying(chart.kind) ? "right" : bar || !at ? "top" : "bottom";
    const most = Math.max(...chart.categories.map((_, row) => chart.series.reduce((sum, other) => sum + (other.data[row] ?? 0), 0)));
    return {
      name: one.name, data: one.data, type: bar ? "bar" : "line",
      stack: stacked ? "all" : undefined, barMaxWidth: 28, barMinHeight: 0,
      color: token(one.tone ? `--${one.tone}` : `--c${(at % 4) + 1}`),
      symbol: ["circle", "rect", "triangle", "diamond"][at % 4], symbolSize: 8,
      lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted", "solid"][at % 4] },
      itemStyle: { borderRadius: stacked ? 0 : 2, borderColor: token("--ground"), borderWidth: stacked ? 1 : 0 },
      labelLayout: { hideOverlap: true },
      label: {
        show: few, position, color: stacked ? token("--ground") : ink, fontSize: 13,
        formatter: ({ value }) => (value === null || (stacked && value < most * 0.04) ? "" : `${value}${chart.unit === "%" ? "%" : ""}`),
      },
    };
  }

  function option(chart) {
    const ink = token("--ink"), quiet = token("--quiet"), line = token("--line");
    const lies = lying(chart.kind), many = chart.series.length > 1;
    const names = {
      type: "category", data: chart.categories, inverse: lies, axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, fontSize: 13, rotate: 0, hideOverlap: true, width: lies ? 132 : undefined, overflow: lies ? "break" : "none" },
    };
    const values = {
      type: "value", min: chart.kind === "line" ? undefined : 0, max: chart.unit === "%" ? 100 : undefined, minInterval: 1,
      axisLabel: { color: quiet, fontSize: 12, hideOverlap: true }, splitLine: { lineStyle: { color: line } },
    };
    return {
      animation: false, backgroundColor: "transparent",
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: lies ? 48 : 16, top: many ? 48 : 20, bottom: 4, containLabel: true },
      legend: { show: many, top: 0, left: 0, textStyle: { color: ink, fontSize: 13 }, itemWidth: 18, itemHeight: 12 },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: lies ? "shadow" : "line" },
        backgroundColor: token("--raised"), borderColor: line, textStyle: { color: ink, fontSize: 13 },
        valueFormatter: (value) => (value === null ? "—" : `${value} ${chart.unit}`),
      },
      xAxis: lies ? values : names, yAxis: lies ? names : values,
      series: chart.series.map((one, at) => drawn(chart, one, at, ink)),
    };
  }

  function draw(figure) {
    const chart = read(figure), plot = figure.querySelector(".plot");
    if (!chart.categories.length) return;
    plot.append(document.createElement("div"));
    const room = plot.firstChild;
    const per = chart.kind === "bar" ? 24 * chart.series.length + 16 : 44;
    room.style.height = plot.style.height = lying(chart.kind) ? `${chart.categories.length * per + 90}px` : "";
    if (!room.style.height) room.style.height = `${plot.clientHeight}px`;
    const picture = echarts.init(room, null, { renderer: "svg" });
    const show = () => picture.setOption(option(chart), true);
    show();
    figure.querySelector("details").open = false;
    new ResizeObserver(() => picture.resize()).observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    matchMedia("print").addEventListener("change", () => picture.resize());
  }

  const start = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
