package dev.naru.board.post;

import dev.naru.board.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;

/**
 * A place in the feed: right after the post of this time and id. It stays where it is when posts
 * are written, edited or deleted, the post it was made from included. Clients treat it as opaque.
 */
record Cursor(Instant createdAt, ObjectId id) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15}):([0-9a-f]{24})");

  static Cursor after(Post post) {
    return new Cursor(post.createdAt(), new ObjectId(post.id()));
  }

  static Cursor parse(String text) {
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(text);
      Matcher m = FORM.matcher(new String(decoded, StandardCharsets.US_ASCII));
      if (m.matches()) {
        return new Cursor(
            Instant.ofEpochMilli(Long.parseLong(m.group(1))), new ObjectId(m.group(2)));
      }
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("before", "cursor_malformed");
    }
    throw ProblemException.invalid("before", "cursor_malformed");
  }

  @Override
  public String toString() {
    String plain = createdAt.toEpochMilli() + ":" + id.toHexString();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
  }
}
