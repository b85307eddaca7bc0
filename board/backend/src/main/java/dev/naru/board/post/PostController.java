package dev.naru.board.post;

import dev.naru.board.account.SignedIn;
import dev.naru.board.account.User;
import dev.naru.board.account.UserStore;
import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The feed and its posts. Nicknames are joined when posts are read, so a new one shows at once. */
@RestController
@RequestMapping("/api/posts")
final class PostController {
  private static final int PAGE_MAX = 100;

  private final PostStore posts;
  private final UserStore users;

  PostController(PostStore posts, UserStore users) {
    this.posts = posts;
    this.users = users;
  }

  @GetMapping
  Page page(
      @AuthenticationPrincipal SignedIn me,
      @RequestParam @Nullable String before,
      @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > PAGE_MAX) {
      throw ProblemException.invalid("limit", "limit_out_of_range");
    }
    List<Post> found = posts.page(before == null ? null : Cursor.parse(before), limit + 1);
    List<Post> shown = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? Cursor.after(shown.getLast()).toString() : null;
    return new Page(views(shown, me), next);
  }

  @GetMapping("/{id}")
  PostView read(@AuthenticationPrincipal SignedIn me, @PathVariable String id) {
    return view(found(id), me);
  }

  @PostMapping
  ResponseEntity<PostView> write(
      @AuthenticationPrincipal SignedIn me, @Valid @RequestBody Write request) {
    Post post = posts.add(me.userId(), request.title, request.body);
    return ResponseEntity.created(URI.create("/api/posts/" + post.id())).body(view(post, me));
  }

  @PutMapping("/{id}")
  PostView edit(
      @AuthenticationPrincipal SignedIn me,
      @PathVariable String id,
      @Valid @RequestBody Edit request) {
    Optional<Post> edited =
        posts.edit(id, me.userId(), request.version, request.title, request.body);
    if (edited.isPresent()) {
      return view(edited.get(), me);
    }
    Post current = found(id);
    if (!current.authorId().equals(me.userId())) {
      throw ProblemException.of(Problem.NOT_AUTHOR);
    }
    throw ProblemException.with(Problem.POST_CHANGED, "current", view(current, me));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal SignedIn me, @PathVariable String id) {
    if (!posts.delete(id, me.userId()) && !found(id).authorId().equals(me.userId())) {
      throw ProblemException.of(Problem.NOT_AUTHOR);
    }
  }

  private Post found(String id) {
    return posts.byId(id).orElseThrow(() -> ProblemException.of(Problem.POST_NOT_FOUND));
  }

  private PostView view(Post post, SignedIn me) {
    return views(List.of(post), me).getFirst();
  }

  private List<PostView> views(List<Post> shown, SignedIn me) {
    Map<String, User> authors =
        users.byIds(shown.stream().map(Post::authorId).collect(Collectors.toUnmodifiableSet()));
    return shown.stream().map(p -> PostView.of(p, authors.get(p.authorId()), me)).toList();
  }

  /**
   * @param next the cursor of the next page; null when this page is the last
   */
  record Page(List<PostView> posts, @Nullable String next) {}

  record Author(String username, String nickname) {}

  /**
   * @param author null when the account is gone
   * @param mine whether the reader may edit and delete it
   */
  record PostView(
      String id,
      String title,
      String body,
      @Nullable Author author,
      Instant createdAt,
      Instant updatedAt,
      long version,
      boolean mine) {

    private static PostView of(Post post, @Nullable User author, SignedIn me) {
      return new PostView(
          post.id(),
          post.title(),
          post.body(),
          author == null ? null : new Author(author.username(), author.nickname()),
          post.createdAt(),
          post.updatedAt(),
          post.version(),
          post.authorId().equals(me.userId()));
    }
  }

  record Write(
      @NotBlank(message = "title_missing") @Size(max = 120, message = "title_long") String title,
      @NotBlank(message = "body_missing") @Size(max = 5000, message = "body_long") String body) {
    Write {
      title = title == null ? null : title.strip();
      body = body == null ? null : body.strip();
    }
  }

  record Edit(
      @NotBlank(message = "title_missing") @Size(max = 120, message = "title_long") String title,
      @NotBlank(message = "body_missing") @Size(max = 5000, message = "body_long") String body,
      @NotNull(message = "version_missing") Long version) {
    Edit {
      title = title == null ? null : title.strip();
      body = body == null ? null : body.strip();
    }
  }
}
