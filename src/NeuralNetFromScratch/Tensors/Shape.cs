using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// The dimensions of a tensor, outermost first: <c>[28, 28, 1]</c> is 28 rows of 28 pixels of one channel. The shape without dimensions,
/// <c>[]</c>, is a scalar. Collection expressions create shapes: <c>Shape s = [28, 28, 1];</c>.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<int>
{
    /// <summary>The maximum number of dimensions, which bounds the memory of a shape from a file.</summary>
    internal const int MaximumRank = 16;

    private readonly int[]? _dimensions;

    private Shape(int[] dimensions, int length)
    {
        _dimensions = dimensions;
        ElementCount = length;
    }

    /// <summary>The number of dimensions; 0 for a scalar.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>
    /// The number of elements: the product of the dimensions, 1 for a scalar. (The name is not Length, because the compiler would use it as the
    /// number of dimensions when a shape is spread in a collection expression.)
    /// </summary>
    public int ElementCount
    {
        get => _dimensions is null ? 1 : field;
    }

    /// <summary>The dimensions, outermost first.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>Gets the size of a dimension.</summary>
    /// <param name="dimension">The index of the dimension: 0 is the outermost, <c>^1</c> the innermost.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public int this[Index dimension] => dimension.GetOffset(Rank) is var place && (uint)place < (uint)Rank
        ? Dimensions[place]
        : throw new ArgumentOutOfRangeException(nameof(dimension), dimension, string.Create(CultureInfo.InvariantCulture, $"the shape has {Rank} dimensions"));

    /// <summary>Creates a shape from its dimensions.</summary>
    /// <param name="dimensions">The dimensions, outermost first; at most 16, none negative.</param>
    /// <returns>The shape.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    /// <exception cref="ArgumentException">There are more than 16 dimensions, or the number of elements exceeds the maximum array length.</exception>
    public static Shape Create(ReadOnlySpan<int> dimensions)
    {
        if (dimensions.Length > MaximumRank)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a shape has at most {MaximumRank} dimensions, got {dimensions.Length}"), nameof(dimensions));
        // Overflow is checked over the non-zero dimensions, so that [0, huge, huge] throws like [huge, huge, 0].
        long nonZeroProduct = 1;
        bool empty = false;
        foreach (int dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            empty |= dimension == 0;
            nonZeroProduct *= Math.Max(dimension, 1);
            if (nonZeroProduct > Array.MaxLength)
                throw new ArgumentException($"shape {Format(dimensions)} has more than {Array.MaxLength} elements", nameof(dimensions));
        }

        return new Shape(dimensions.ToArray(), empty ? 0 : (int)nonZeroProduct);
    }

    /// <summary>Creates the shape of <paramref name="count"/> elements of this shape: <c>[count, …this]</c>.</summary>
    /// <param name="count">The size of the new outermost dimension; not negative.</param>
    /// <returns>The shape.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException">The number of elements exceeds the maximum array length.</exception>
    public Shape Prepend(int count)
    {
        Span<int> dimensions = stackalloc int[MaximumRank + 1];
        dimensions[0] = count;
        Dimensions.CopyTo(dimensions[1..]);
        return Create(dimensions[..(Rank + 1)]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int dimension in Dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>Determines whether two shapes have the same dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Determines whether two shapes have different dimensions.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>Enumerates the dimensions, outermost first.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_dimensions ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns the shape as text, for example <c>[28, 28, 1]</c>.</summary>
    public override string ToString() => Format(Dimensions);

    private static string Format(ReadOnlySpan<int> dimensions)
    {
        var parts = new string[dimensions.Length];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = dimensions[i].ToString(CultureInfo.InvariantCulture);
        return $"[{string.Join(", ", parts)}]";
    }
}
