package io.wirecloset.crds.build;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.SelectableField;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.wirecloset.crds.Items;
import io.wirecloset.crds.ListKeys;
import io.wirecloset.crds.SelectableFields;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Run by the build with one argument, the folder for the YAML: one file per kind. What the generator has no annotation
 * for is put in afterwards, from the same classes: list types, the columns' order, descriptions of whole kinds.
 */
public final class CrdYaml implements CRDPostProcessor {
    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(ZeroTierNetwork.class, ZeroTierMember.class, ZeroTierNode.class);

    private CrdYaml() {}

    public static void main(String[] args) throws IOException {
        File folder = new File(args[0]);
        Files.createDirectories(folder.toPath());
        int written = new CRDGenerator()
                .customResourceClasses(KINDS)
                .forCRDVersions("v1")
                .withPostProcessor(new CrdYaml())
                .inOutputDir(folder)
                .generate();
        if (written != KINDS.size()) {
            throw new IllegalStateException("wrote " + written + " of " + KINDS.size() + " CRDs to " + folder);
        }
        for (Class<? extends HasMetadata> kind : KINDS) {
            Path generated = folder.toPath().resolve(HasMetadata.getFullResourceName(kind) + "-v1.yml");
            Path named = folder.toPath().resolve(HasMetadata.getPlural(kind) + ".yaml");
            Files.move(generated, named, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public HasMetadata process(HasMetadata resource, String crdSpecVersion) {
        CustomResourceDefinition crd = (CustomResourceDefinition) resource;
        Class<?> kind = classOf(crd.getSpec().getNames().getKind());
        Type[] specAndStatus = ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments();
        for (CustomResourceDefinitionVersion version : crd.getSpec().getVersions()) {
            select(version, kind);
            orderColumns(version.getAdditionalPrinterColumns(), kind);
            JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
            schema.setRequired(List.of("spec"));
            describe(schema, kind);
            complete(schema.getProperties().get("spec"), (Class<?>) specAndStatus[0]);
            complete(schema.getProperties().get("status"), (Class<?>) specAndStatus[1]);
        }
        return crd;
    }

    private static Class<?> classOf(String kind) {
        return KINDS.stream()
                .filter(c -> c.getSimpleName().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** Left to right as the annotations stand, not by path. */
    private static void orderColumns(List<CustomResourceColumnDefinition> columns, Class<?> kind) {
        List<String> order = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        columns.sort(Comparator.comparingInt(c -> order.indexOf(c.getName())));
    }

    private static void select(CustomResourceDefinitionVersion version, Class<?> kind) {
        SelectableFields fields = kind.getAnnotation(SelectableFields.class);
        if (fields != null) {
            version.setSelectableFields(
                    Arrays.stream(fields.value()).map(SelectableField::new).toList());
        }
    }

    private static void complete(JSONSchemaProps schema, Class<?> type) {
        describe(schema, type);
        for (Field field : type.getFields()) {
            JSONSchemaProps property = schema.getProperties().get(field.getName());
            if (property == null) {
                continue;
            }
            ListKeys keys = field.getAnnotation(ListKeys.class);
            if (keys != null) {
                property.setXKubernetesListType(keys.value().length == 0 ? "set" : "map");
                property.setXKubernetesListMapKeys(List.of(keys.value()));
            }
            Items items = field.getAnnotation(Items.class);
            if (items != null) {
                complete(property.getItems().getSchema(), items);
            }
            if (hasFields(property)) {
                complete(property, field.getType());
            } else if (property.getItems() != null
                    && hasFields(property.getItems().getSchema())) {
                complete(property.getItems().getSchema(), elementOf(field));
            }
        }
    }

    private static boolean hasFields(JSONSchemaProps schema) {
        return schema.getProperties() != null && !schema.getProperties().isEmpty();
    }

    private static Class<?> elementOf(Field list) {
        return (Class<?>) ((ParameterizedType) list.getGenericType()).getActualTypeArguments()[0];
    }

    private static void complete(JSONSchemaProps text, Items items) {
        text.setMinLength((long) items.minLength());
        text.setMaxLength((long) items.maxLength());
        if (!items.pattern().isEmpty()) {
            text.setPattern(items.pattern());
        }
        if (!items.rule().isEmpty()) {
            ValidationRule rule = new ValidationRule();
            rule.setRule(items.rule());
            rule.setMessage(items.message());
            text.setXKubernetesValidations(List.of(rule));
        }
    }

    private static void describe(JSONSchemaProps schema, Class<?> type) {
        JsonClassDescription description = type.getAnnotation(JsonClassDescription.class);
        if (description != null) {
            schema.setDescription(description.value());
        }
    }
}
