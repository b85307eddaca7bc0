/** The picture behind the header: hills, the sun or moon over the river, and the ferry crossing it. */
export function Landing() {
  return (
    <svg className="landing" viewBox="0 0 1200 200" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <circle className="sun" cx="560" cy="86" r="34" />
      <path
        className="hill far"
        d="M0 120 Q90 60 190 96 T400 78 Q480 40 570 92 T780 84 Q880 50 960 96 T1200 74 V200 H0Z"
      />
      <path
        className="hill near"
        d="M0 142 Q130 96 260 128 T520 124 Q640 100 720 132 T980 126 Q1100 108 1200 132 V200 H0Z"
      />
      <rect className="water" y="146" width="1200" height="54" />
      <g className="ferry">
        <path className="ferry-mast" d="M640 150 V104" />
        <path className="ferry-sail" d="M643 106 Q680 120 682 143 L643 146Z" />
        <path className="ferry-sail" d="M637 112 Q614 126 612 143 L637 146Z" />
        <path className="ferry-hull" d="M588 149 H706 Q700 168 680 170 H612 Q594 168 588 149Z" />
      </g>
      <path
        className="ripple"
        d="M0 172 q25 -8 50 0 t50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0"
      />
      <path
        className="ripple low"
        d="M-20 188 q25 -8 50 0 t50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0 50 0"
      />
    </svg>
  );
}
