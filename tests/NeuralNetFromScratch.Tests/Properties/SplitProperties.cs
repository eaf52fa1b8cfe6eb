using CsCheck;

namespace NeuralNetFromScratch.Tests.Properties;

public class SplitProperties
{
    private static readonly Gen<(int[] Labels, double Share, ulong Seed)> Cases =
        Gen.Select(Gen.Int[1, 6].SelectMany(classes => Gen.Int[0, classes - 1].Array[1, 200]), Gen.Double[0, 1], Gen.ULong);

    [Test]
    public void Each_sample_goes_to_one_side_and_keeps_its_place_in_the_order() => Property.Holds(Cases, value =>
    {
        (Dataset data, int heldOut) = Data(value);
        (Dataset remaining, Dataset held) = data.Split(heldOut, value.Seed);
        int[] left = Numbers(remaining), right = Numbers(held);
        Assert.That(right, Has.Length.EqualTo(heldOut));
        Assert.That(left, Is.Ordered);
        Assert.That(right, Is.Ordered);
        Assert.That(left.Concat(right).Order(), Is.EqualTo(Enumerable.Range(0, data.Count)));
        Assert.That(Enumerable.Range(0, held.Count).Select(held.GetLabel), Is.EqualTo(right.Select(number => value.Labels[number])));
    });

    [Test]
    public void Each_class_gives_its_share_to_within_one_sample() => Property.Holds(Cases, value =>
    {
        (Dataset data, int heldOut) = Data(value);
        int[] held = Numbers(data.Split(heldOut, value.Seed).HeldOut);
        foreach (IGrouping<int, int> group in Enumerable.Range(0, data.Count).GroupBy(number => value.Labels[number]))
        {
            double share = (double)group.Count() * heldOut / data.Count;
            Assert.That(held.Count(number => value.Labels[number] == group.Key), Is.EqualTo(share).Within(1 - 1e-9), $"class {group.Key}");
        }
    });

    [Test]
    public void One_seed_makes_one_choice() => Property.Holds(Cases, value =>
    {
        (Dataset data, int heldOut) = Data(value);
        int[] first = Numbers(data.Split(heldOut, value.Seed).HeldOut), second = Numbers(data.Split(heldOut, value.Seed).HeldOut);
        Assert.That(second, Is.EqualTo(first));
    });

    /// <summary>A data set whose samples are their own numbers.</summary>
    private static (Dataset Data, int HeldOut) Data((int[] Labels, double Share, ulong Seed) value)
    {
        float[] numbers = [.. Enumerable.Range(0, value.Labels.Length).Select(number => (float)number)];
        return (Dataset.FromArrays(numbers, [1], value.Labels, 6), (int)Math.Round(value.Share * numbers.Length));
    }

    private static int[] Numbers(Dataset data)
    {
        var numbers = new int[data.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            float[] sample = new float[1];
            data.CopyFeatures(i, sample);
            numbers[i] = (int)sample[0];
        }

        return numbers;
    }
}
