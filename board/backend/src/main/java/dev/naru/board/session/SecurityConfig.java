package dev.naru.board.session;

import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;

/** Who may call what. Whatever is not named here is refused. */
@Configuration(proxyBeanMethods = false)
class SecurityConfig {
  @Bean
  SecurityFilterChain security(
      HttpSecurity http,
      SessionCookie cookie,
      Tokens tokens,
      SessionStore sessions,
      ProblemWriter problems) {
    return http.csrf(AbstractHttpConfigurer::disable) // RequestGuard does it, in a way that suits
        // an application that calls by fetch
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .addFilterAfter(new RequestGuard(problems), SecurityContextHolderFilter.class)
        .addFilterAfter(new SessionFilter(cookie, tokens, sessions, problems), RequestGuard.class)
        .authorizeHttpRequests(
            a ->
                a.dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, "/api/version", "/actuator/health/**")
                    .permitAll()
                    .requestMatchers(HttpMethod.POST, "/api/users", "/api/session")
                    .permitAll()
                    .requestMatchers(HttpMethod.DELETE, "/api/session")
                    .permitAll()
                    .requestMatchers("/api/**")
                    .authenticated()
                    .anyRequest()
                    .denyAll())
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                        (request, response, failure) ->
                            problems.write(response, Problem.NOT_SIGNED_IN))
                    .accessDeniedHandler(
                        (request, response, failure) ->
                            problems.write(response, Problem.NOT_FOUND)))
        .build();
  }

  @Bean
  PasswordEncoder passwordEncoder(LoginProperties properties) {
    return new DelegatingPasswordEncoder(
        "bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(properties.hashCost())));
  }
}
