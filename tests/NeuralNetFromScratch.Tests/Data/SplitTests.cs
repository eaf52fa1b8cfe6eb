using CsCheck;
using NeuralNetFromScratch.Tests.Properties;

namespace NeuralNetFromScratch.Tests.Data;

/// <summary>Three-way splits and folds: every sample once, classes in proportion, one seed one choice.</summary>
public class SplitTests
{
    private const int Classes = 5;

    private static readonly Gen<(int[] Labels, double Validation, double Test, ulong Seed)> Splits =
        Gen.Select(Gen.Int[0, Classes - 1].Array[1, 200], Gen.Double[0, 0.5], Gen.Double[0, 0.5], Gen.ULong);

    private static readonly Gen<(int[] Labels, int Folds, ulong Seed)> Folds =
        Gen.Select(Gen.Int[0, Classes - 1].Array[2, 200], Gen.Int[2, 12], Gen.ULong).Select(value => (value.Item1, Math.Min(value.Item2, value.Item1.Length), value.Item3));

    [Test]
    public void Each_sample_goes_to_one_of_three_parts_in_its_order() => Property.Holds(Splits, value =>
    {
        Dataset data = Data(value.Labels);
        (SubsetDataset training, SubsetDataset validation, SubsetDataset test) = Split(data, value);
        Assert.That(validation.Count, Is.EqualTo((int)Math.Round(value.Validation * data.Count)).Within(1));
        Assert.That(test.Count, Is.EqualTo((int)Math.Round(value.Test * data.Count)));
        foreach (SubsetDataset part in (SubsetDataset[])[training, validation, test])
        {
            Assert.That(part.Indices, Is.Ordered);
            Assert.That(Enumerable.Range(0, part.Count).Select(part.GetLabel), Is.EqualTo(part.Indices.Select(index => value.Labels[index])));
        }

        Assert.That(training.Indices.Concat(validation.Indices).Concat(test.Indices).Order(), Is.EqualTo(Enumerable.Range(0, data.Count)));
    });

    [Test]
    public void Each_class_is_divided_in_the_same_proportion() => Property.Holds(Splits, value =>
    {
        Dataset data = Data(value.Labels);
        (_, SubsetDataset validation, SubsetDataset test) = Split(data, value);
        foreach (IGrouping<int, int> group in value.Labels.GroupBy(label => label))
        {
            Assert.That(test.Indices.Count(index => value.Labels[index] == group.Key), Is.EqualTo((double)group.Count() * test.Count / data.Count).Within(1));
            // The second choice is made among what the first has left: two roundings.
            Assert.That(validation.Indices.Count(index => value.Labels[index] == group.Key), Is.EqualTo((double)group.Count() * validation.Count / data.Count).Within(2));
        }
    });

    [Test]
    public void The_test_part_is_the_one_that_a_split_in_two_holds_out_and_a_seed_makes_one_choice() => Property.Holds(Splits, value =>
    {
        Dataset data = Data(value.Labels);
        (SubsetDataset training, SubsetDataset validation, SubsetDataset test) = Split(data, value);
        Assert.That(data.Split(value.Test, value.Seed).HeldOut.Indices, Is.EqualTo(test.Indices));
        (SubsetDataset again, SubsetDataset validationAgain, _) = Split(data, value);
        Assert.That(again.Indices, Is.EqualTo(training.Indices));
        Assert.That(validationAgain.Indices, Is.EqualTo(validation.Indices));
    });

    [Test]
    public void Each_sample_validates_one_fold_and_trains_all_others() => Property.Holds(Folds, value =>
    {
        Dataset data = Data(value.Labels);
        IReadOnlyList<(SubsetDataset Training, SubsetDataset Validation)> folds = data.KFold(value.Folds, value.Seed);
        Assert.That(folds, Has.Count.EqualTo(value.Folds));
        Assert.That(folds.SelectMany(fold => fold.Validation.Indices).Order(), Is.EqualTo(Enumerable.Range(0, data.Count)));
        foreach ((SubsetDataset training, SubsetDataset validation) in folds)
        {
            Assert.That(training.Indices, Is.Ordered);
            Assert.That(validation.Indices, Is.Ordered);
            Assert.That(training.Indices.Concat(validation.Indices).Order(), Is.EqualTo(Enumerable.Range(0, data.Count)));
        }
    });

    [Test]
    public void Folds_and_classes_in_them_differ_by_at_most_one_sample() => Property.Holds(Folds, value =>
    {
        IReadOnlyList<(SubsetDataset Training, SubsetDataset Validation)> folds = Data(value.Labels).KFold(value.Folds, value.Seed);
        int[] sizes = [.. folds.Select(fold => fold.Validation.Count)];
        Assert.That(sizes.Max() - sizes.Min(), Is.LessThanOrEqualTo(1));
        for (int label = 0; label < Classes; label++)
        {
            int[] members = [.. folds.Select(fold => fold.Validation.Indices.Count(index => value.Labels[index] == label))];
            Assert.That(members.Max() - members.Min(), Is.LessThanOrEqualTo(1), $"class {label}");
        }
    });

    [Test]
    public void The_choice_of_a_seed_stays_the_same_from_version_to_version()
    {
        int[] labels = [.. Enumerable.Range(0, 12).Select(index => index % 3)];
        (SubsetDataset training, SubsetDataset validation, SubsetDataset test) = Data(labels).Split(0.5, 0.25, 0.25, seed: 1);
        string split = $"{Text(training)} | {Text(validation)} | {Text(test)}";
        string folds = string.Join(" | ", Data(labels).KFold(4, seed: 1).Select(fold => Text(fold.Validation)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split, Is.EqualTo("1 3 4 6 8 11 | 0 5 10 | 2 7 9"));
            Assert.That(folds, Is.EqualTo("2 7 9 | 0 5 10 | 3 4 11 | 1 6 8"));
        }

        static string Text(SubsetDataset part) => string.Join(' ', part.Indices);
    }

    [Test]
    public void Samples_without_labels_are_divided_too()
    {
        Dataset data = Dataset.FromTargets([.. Enumerable.Range(0, 10).Select(i => (float)i)], [1], new float[10], 1);
        (SubsetDataset training, SubsetDataset validation, SubsetDataset test) = data.Split(0.6, 0.2, 0.2);
        Assert.That((training.Count, validation.Count, test.Count), Is.EqualTo((6, 2, 2)));
        Assert.That(data.KFold(3).Select(fold => fold.Validation.Count), Is.EqualTo((int[])[4, 3, 3]));
    }

    [Test]
    public void A_subset_of_a_subset_names_the_places_in_the_one_it_was_taken_from()
    {
        SubsetDataset outer = Data([0, 1, 2, 3, 4]).Subset([4, 2, 0]), inner = outer.Subset([2, 2, 0]);
        Assert.That(inner.Indices, Is.EqualTo((int[])[2, 2, 0]));
        Assert.That(Enumerable.Range(0, 3).Select(inner.GetLabel), Is.EqualTo((int[])[0, 0, 4]));
    }

    [Test]
    public void Fractions_and_folds_out_of_range_are_refused()
    {
        Dataset data = Data([0, 1, 2, 3, 4]);
        Assert.That(() => data.Split(0.5, 0.2, 0.2), Throws.ArgumentException.With.Message.Contains("0.5 + 0.2 + 0.2 = 0.8999"));
        Assert.That(() => data.Split(1.5, -0.25, -0.25), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => data.Split(double.NaN, 0.5, 0.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => data.KFold(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => data.KFold(6), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("2 to the number of samples, 5"));
    }

    private static (SubsetDataset Training, SubsetDataset Validation, SubsetDataset Test) Split(Dataset data, (int[] Labels, double Validation, double Test, ulong Seed) value) =>
        data.Split(1 - value.Validation - value.Test, value.Validation, value.Test, value.Seed);

    private static Dataset Data(int[] labels) => Dataset.FromArrays([.. Enumerable.Range(0, labels.Length).Select(index => (float)index)], [1], labels, Classes);
}
