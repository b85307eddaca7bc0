/** The ferry. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="Naru">
      <rect width="32" height="32" rx="8" fill="#0b7285" />
      <path d="M5 19h22l-4 6H9zM15 6v11H8zm2 3l6 8h-6z" fill="white" />
    </svg>
  );
}
