package dev.naru.controllers;

import dev.naru.base.FileTrees;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Binds claims to volumes: to one that is there and fits, or, in class {@value #STORAGE_CLASS}, to
 * a hostPath volume made for the claim under the configured directory. Reclaim policy Delete
 * removes the volume with its directory when the claim has gone, Retain leaves both. A claim that a
 * pod uses stays until that pod has ended (finalizer {@code kubernetes.io/pvc-protection}).
 */
final class VolumeController implements AutoCloseable {
  static final String STORAGE_CLASS = "naru-local";
  private static final String PROVISIONER = "naru.dev/local";
  private static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
  private static final String PROTECTION = "kubernetes.io/pvc-protection";
  private static final String COMPONENT = "persistentvolume-controller";

  private final ClusterState state;
  private final Path directory;
  private final KeyedQueue claims;
  private final KeyedQueue volumes;

  VolumeController(ClusterState state, Path directory) {
    this.state = state;
    this.directory = directory;
    this.claims = state.queue("claim", 1, this::syncClaim);
    this.volumes = state.queue("volume", 1, this::syncVolume);
    state.claims.listen(
        (before, after) -> {
          PersistentVolumeClaim claim = ClusterState.either(before, after);
          claims.add(Meta.key(claim));
          Pods.text(claim.getSpec().getVolumeName()).ifPresent(volumes::add);
        });
    state.volumes.listen(
        (before, after) -> {
          PersistentVolume volume = ClusterState.either(before, after);
          volumes.add(Meta.name(volume));
          var claim = volume.getSpec().getClaimRef();
          if (claim != null) {
            claims.add(claim.getNamespace() + "/" + claim.getName());
          } else {
            state.claims.all().stream()
                .filter(c -> Pods.text(c.getSpec().getVolumeName()).isEmpty())
                .forEach(c -> claims.add(Meta.key(c)));
          }
        });
    state.pods.listen(
        (before, after) -> {
          if (after == null || Pods.finished(after)) {
            claimNames(ClusterState.either(before, after)).forEach(claims::add);
          }
        });
  }

  /** Makes the storage class, which is the cluster's default. */
  void bootstrap() {
    state.api.createIfAbsent(
        new StorageClassBuilder()
            .withNewMetadata()
            .withName(STORAGE_CLASS)
            .addToAnnotations("storageclass.kubernetes.io/is-default-class", "true")
            .endMetadata()
            .withProvisioner(PROVISIONER)
            .withReclaimPolicy("Delete")
            .withVolumeBindingMode("Immediate")
            .withAllowVolumeExpansion(true)
            .build());
  }

  private static List<String> claimNames(Pod pod) {
    return pod.getSpec().getVolumes() == null
        ? List.of()
        : pod.getSpec().getVolumes().stream()
            .filter(volume -> volume.getPersistentVolumeClaim() != null)
            .map(
                volume ->
                    pod.getMetadata().getNamespace()
                        + "/"
                        + volume.getPersistentVolumeClaim().getClaimName())
            .toList();
  }

  private void syncClaim(String key) {
    Optional<PersistentVolumeClaim> found = state.claims.get(key);
    if (found.isEmpty()) {
      return;
    }
    PersistentVolumeClaim claim = found.get();
    if (Meta.deleting(claim)) {
      release(claim);
      return;
    }
    if (!Meta.finalizers(claim).contains(PROTECTION)) {
      List<String> finalizers = new ArrayList<>(Meta.finalizers(claim));
      finalizers.add(PROTECTION);
      state.api.replaceFinalizers(claim, finalizers);
      return;
    }
    Optional<String> named = Pods.text(claim.getSpec().getVolumeName());
    if (named.isPresent()) {
      state.volumes.get(named.get()).ifPresentOrElse(v -> bind(claim, v), () -> lost(claim));
      return;
    }
    Optional<PersistentVolume> fitting =
        state.volumes.all().stream()
            .filter(volume -> fits(claim, volume))
            .min(Comparator.comparing(VolumeController::size).thenComparing(Meta::name));
    if (fitting.isPresent()) {
      bind(claim, fitting.get());
    } else if (storageClass(claim.getSpec().getStorageClassName()).equals(STORAGE_CLASS)) {
      provision(claim);
    } else {
      state.events.normal(
          claim,
          COMPONENT,
          "FailedBinding",
          "no persistent volumes available for this claim and no storage class is set");
    }
  }

  private void release(PersistentVolumeClaim claim) {
    boolean used =
        state.pods.inNamespace(claim.getMetadata().getNamespace()).stream()
            .filter(pod -> !Pods.finished(pod))
            .anyMatch(pod -> claimNames(pod).contains(Meta.key(claim)));
    if (!used && Meta.finalizers(claim).contains(PROTECTION)) {
      state.api.replaceFinalizers(
          claim, Meta.finalizers(claim).stream().filter(f -> !f.equals(PROTECTION)).toList());
    }
  }

  private void lost(PersistentVolumeClaim claim) {
    if (claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase())) {
      state.events.warning(
          claim, COMPONENT, "ClaimLost", "Bound claim has lost its PersistentVolume.");
      state.api.updateStatus(
          new PersistentVolumeClaimBuilder(claim)
              .editStatus()
              .withPhase("Lost")
              .endStatus()
              .build());
    }
  }

  private static boolean fits(PersistentVolumeClaim claim, PersistentVolume volume) {
    var reference = volume.getSpec().getClaimRef();
    boolean mine =
        reference == null
            ? volume.getStatus() == null || "Available".equals(volume.getStatus().getPhase())
            : refersTo(volume, claim);
    return mine
        && !Meta.deleting(volume)
        && storageClass(volume.getSpec().getStorageClassName())
            .equals(storageClass(claim.getSpec().getStorageClassName()))
        && size(volume).compareTo(wanted(claim)) >= 0
        && volume.getSpec().getAccessModes().containsAll(claim.getSpec().getAccessModes())
        && (claim.getSpec().getSelector() == null
            || Labels.matches(claim.getSpec().getSelector(), Meta.labels(volume)));
  }

  private static boolean refersTo(PersistentVolume volume, PersistentVolumeClaim claim) {
    var reference = volume.getSpec().getClaimRef();
    return reference != null
        && claim.getMetadata().getNamespace().equals(reference.getNamespace())
        && Meta.name(claim).equals(reference.getName())
        && (reference.getUid() == null || reference.getUid().equals(Meta.uid(claim)));
  }

  private void provision(PersistentVolumeClaim claim) {
    String name = "pvc-" + Meta.uid(claim);
    Path place =
        directory.resolve(name + "_" + claim.getMetadata().getNamespace() + "_" + Meta.name(claim));
    try {
      Files.createDirectories(place);
      // The pod's user is not known here; the parent directory keeps others out.
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
    } catch (IOException e) {
      state.events.warning(
          claim, COMPONENT, "ProvisioningFailed", "Tried to make " + place + " but failed: " + e);
      throw new UncheckedIOException("cannot make a volume at " + place, e);
    }
    PersistentVolume volume =
        new PersistentVolumeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToAnnotations(PROVISIONED_BY, PROVISIONER)
            .endMetadata()
            .withNewSpec()
            .withCapacity(Map.of("storage", request(claim)))
            .withAccessModes(claim.getSpec().getAccessModes())
            .withPersistentVolumeReclaimPolicy("Delete")
            .withStorageClassName(STORAGE_CLASS)
            .withVolumeMode("Filesystem")
            .withNewHostPath(place.toString(), "DirectoryOrCreate")
            .withNewClaimRef()
            .withApiVersion("v1")
            .withKind("PersistentVolumeClaim")
            .withNamespace(claim.getMetadata().getNamespace())
            .withName(Meta.name(claim))
            .withUid(Meta.uid(claim))
            .endClaimRef()
            .endSpec()
            .build();
    PersistentVolume made =
        state
            .api
            .createIfAbsent(volume)
            .orElseGet(() -> state.client.persistentVolumes().withName(name).require());
    state.events.normal(
        claim, PROVISIONER, "ProvisioningSucceeded", "Successfully provisioned volume " + name);
    bind(claim, made);
  }

  /** Volume first, claim second: a half-made binding is completed by the next look at it. */
  private void bind(PersistentVolumeClaim claim, PersistentVolume volume) {
    if (volume.getSpec().getClaimRef() != null && !refersTo(volume, claim)) {
      return;
    }
    if (volume.getSpec().getClaimRef() == null || volume.getSpec().getClaimRef().getUid() == null) {
      state
          .client
          .resource(
              new PersistentVolumeBuilder(volume)
                  .editSpec()
                  .withClaimRef(Meta.reference(claim))
                  .endSpec()
                  .build())
          .update();
    }
    PersistentVolumeClaim named = claim;
    if (Pods.text(claim.getSpec().getVolumeName()).isEmpty()) {
      named =
          state
              .client
              .resource(
                  new PersistentVolumeClaimBuilder(claim)
                      .editMetadata()
                      .addToAnnotations("pv.kubernetes.io/bind-completed", "yes")
                      .addToAnnotations("pv.kubernetes.io/bound-by-controller", "yes")
                      .endMetadata()
                      .editSpec()
                      .withVolumeName(Meta.name(volume))
                      .withStorageClassName(volume.getSpec().getStorageClassName())
                      .endSpec()
                      .build())
              .update();
    }
    if (named.getStatus() == null || !"Bound".equals(named.getStatus().getPhase())) {
      state.api.updateStatus(
          new PersistentVolumeClaimBuilder(named)
              .editOrNewStatus()
              .withPhase("Bound")
              .withAccessModes(volume.getSpec().getAccessModes())
              .withCapacity(volume.getSpec().getCapacity())
              .endStatus()
              .build());
    }
  }

  private void syncVolume(String name) {
    Optional<PersistentVolume> found = state.volumes.get(name);
    if (found.isEmpty() || Meta.deleting(found.get())) {
      return;
    }
    PersistentVolume volume = found.get();
    var reference = volume.getSpec().getClaimRef();
    if (reference == null || reference.getUid() == null) {
      phase(volume, "Available");
      return;
    }
    Optional<PersistentVolumeClaim> claim =
        state
            .claims
            .get(reference.getNamespace(), reference.getName())
            .or(
                () ->
                    Optional.ofNullable(
                        state
                            .client
                            .persistentVolumeClaims()
                            .inNamespace(reference.getNamespace())
                            .withName(reference.getName())
                            .get()))
            .filter(c -> Meta.uid(c).equals(reference.getUid()));
    if (claim.isPresent()) {
      phase(volume, "Bound");
    } else if ("Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
        && PROVISIONER.equals(Meta.annotations(volume).get(PROVISIONED_BY))) {
      erase(volume);
      state.api.delete(volume, "Background");
    } else {
      phase(volume, "Released");
    }
  }

  private void phase(PersistentVolume volume, String phase) {
    if (volume.getStatus() == null || !phase.equals(volume.getStatus().getPhase())) {
      state.api.updateStatus(
          new PersistentVolumeBuilder(volume)
              .editOrNewStatus()
              .withPhase(phase)
              .endStatus()
              .build());
    }
  }

  /** Only ever what {@link #provision} has made: a direct child of the directory of that name. */
  private void erase(PersistentVolume volume) {
    if (volume.getSpec().getHostPath() == null) {
      return;
    }
    Path place = Path.of(volume.getSpec().getHostPath().getPath()).normalize();
    boolean ours =
        directory.equals(place.getParent())
            && place.getFileName().toString().startsWith(Meta.name(volume) + "_");
    if (!ours || !Files.isDirectory(place)) {
      return;
    }
    try {
      FileTrees.delete(place);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the released volume " + place, e);
    }
  }

  /** An absent class means the default one; an empty one means none. */
  private static String storageClass(@Nullable String name) {
    return name == null ? STORAGE_CLASS : name;
  }

  private static Quantity request(PersistentVolumeClaim claim) {
    var resources = claim.getSpec().getResources();
    Quantity wanted =
        resources == null || resources.getRequests() == null
            ? null
            : resources.getRequests().get("storage");
    return wanted == null ? new Quantity("0") : wanted;
  }

  private static BigDecimal wanted(PersistentVolumeClaim claim) {
    return Quantity.getAmountInBytes(request(claim));
  }

  private static BigDecimal size(PersistentVolume volume) {
    Quantity size =
        volume.getSpec().getCapacity() == null
            ? null
            : volume.getSpec().getCapacity().get("storage");
    return size == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(size);
  }

  @Override
  public void close() {
    claims.close();
    volumes.close();
  }
}
