package dev.naru.board.account;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * 1 to 20 characters, not only spaces, without control characters and without the ones that turn
 * the direction of text around (they would let a name rewrite the page around it).
 */
@Pattern(regexp = "(?=.*\\S)[^\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069]{1,20}")
@ReportAsSingleViolation
@Constraint(validatedBy = {})
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@interface Nickname {
  String message() default "nickname_malformed";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
