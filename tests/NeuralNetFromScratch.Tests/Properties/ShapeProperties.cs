using CsCheck;

namespace NeuralNetFromScratch.Tests.Properties;

public class ShapeProperties
{
    private static readonly Gen<int[]> Dimensions = Gen.Int[0, 12].Array[0, 5];

    [Test]
    public void A_shape_is_its_dimensions() => Property.Holds(Dimensions, dimensions =>
    {
        Shape shape = Shape.Create(dimensions);
        Assert.That(shape.Rank, Is.EqualTo(dimensions.Length));
        Assert.That(shape.ElementCount, Is.EqualTo(dimensions.Aggregate(1, (product, size) => product * size)));
        Assert.That(shape.ToArray(), Is.EqualTo(dimensions));
        Assert.That(shape.Dimensions.ToArray(), Is.EqualTo(dimensions));
        Assert.That(shape.ToString(), Is.EqualTo($"[{string.Join(", ", dimensions)}]"));
    });

    [Test]
    public void Shapes_are_equal_when_all_dimensions_are() => Property.Holds(Gen.Select(Dimensions, Dimensions), pair =>
    {
        Shape first = Shape.Create(pair.Item1), again = Shape.Create(pair.Item1), second = Shape.Create(pair.Item2);
        Assert.That(first == again && first.GetHashCode() == again.GetHashCode() && first.Equals((object)again), Is.True);
        Assert.That(first == second, Is.EqualTo(pair.Item1.SequenceEqual(pair.Item2)));
        Assert.That(first != second, Is.Not.EqualTo(first == second));
    });

    [Test]
    public void A_batch_multiplies_the_number_of_elements() => Property.Holds(Gen.Select(Dimensions, Gen.Int[0, 9]), value =>
    {
        (int[] dimensions, int count) = value;
        Shape batch = Shape.Create(dimensions).Prepend(count);
        Assert.That(batch.ToArray(), Is.EqualTo((int[])[count, .. dimensions]));
        Assert.That(batch.ElementCount, Is.EqualTo(count * Shape.Create(dimensions).ElementCount));
    });

    [Test]
    public void Shapes_that_no_array_could_hold_are_refused() => Property.Holds(Gen.Int[0, int.MaxValue].Array[1, 4], dimensions =>
    {
        double elements = dimensions.Aggregate(1.0, (product, size) => product * Math.Max(size, 1));
        if (elements > Array.MaxLength)
            Assert.That(() => Shape.Create(dimensions), Throws.ArgumentException);
        else
            Assert.That(Shape.Create(dimensions).ElementCount, Is.EqualTo(dimensions.Contains(0) ? 0 : (int)elements));
    });
}
