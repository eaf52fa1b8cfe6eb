using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Partially filled registers, so that the last elements of a row are computed like all others.</summary>
internal static unsafe class PartialVector
{
    /// <summary>Loads the first <paramref name="count"/> lanes from memory and sets the others to zero.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TSimd LoadPartial<TSimd>(float* source, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[16];
        for (int lane = 0; lane < count; lane++)
            lanes[lane] = source[lane];
        return TSimd.Load(lanes);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePartial<TSimd>(TSimd value, float* destination, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[16];
        TSimd.Store(value, lanes);
        for (int lane = 0; lane < count; lane++)
            destination[lane] = lanes[lane];
    }

    /// <summary>Loads a whole register if there are enough elements, otherwise the remaining ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Load<TSimd>(float* source, int available)
        where TSimd : struct, ISimd<TSimd> => available >= TSimd.Width ? TSimd.Load(source) : TSimd.LoadPartial(source, available);

    /// <summary>Stores a whole register if there is enough space, otherwise the lanes that fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, float* destination, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        if (available >= TSimd.Width)
            TSimd.Store(value, destination);
        else
            TSimd.StorePartial(value, destination, available);
    }

    /// <summary>Loads a whole register from an index of a span, or the remaining elements with the other lanes set to zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end of the span.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Load<TSimd>(ReadOnlySpan<float> values, int start)
        where TSimd : struct, ISimd<TSimd>
    {
        if ((uint)start > (uint)values.Length)
            ThrowIfBehind();
        return Load<TSimd>(ref Unsafe.Add(ref MemoryMarshal.GetReference(values), start), values.Length - start);
    }

    /// <summary>Stores a whole register at an index of a span, or the lanes that fit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end of the span.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, Span<float> values, int start)
        where TSimd : struct, ISimd<TSimd>
    {
        if ((uint)start > (uint)values.Length)
            ThrowIfBehind();
        Store(value, ref Unsafe.Add(ref MemoryMarshal.GetReference(values), start), values.Length - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Load<TSimd>(ref float source, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        if (available >= TSimd.Width)
            return TSimd.Load(ref source);
        fixed (float* pinned = &source)
            return TSimd.LoadPartial(pinned, available);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<TSimd>(TSimd value, ref float destination, int available)
        where TSimd : struct, ISimd<TSimd>
    {
        if (available >= TSimd.Width)
        {
            TSimd.Store(value, ref destination);
        }
        else
        {
            fixed (float* pinned = &destination)
                TSimd.StorePartial(value, pinned, available);
        }
    }

    private static void ThrowIfBehind() => throw new ArgumentOutOfRangeException("start", "the place lies behind the end of the values");
}

/// <summary>The loads and stores of a kernel. The JIT compiles it for whole registers and for the last register of a row.</summary>
internal unsafe interface ILanes
{
    static abstract TSimd Load<TSimd>(float* source, int available)
        where TSimd : struct, ISimd<TSimd>;

    static abstract void Store<TSimd>(TSimd value, float* destination, int available)
        where TSimd : struct, ISimd<TSimd>;
}

internal readonly unsafe struct AllLanes : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Load<TSimd>(float* source, int available)
        where TSimd : struct, ISimd<TSimd> => TSimd.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, float* destination, int available)
        where TSimd : struct, ISimd<TSimd> => TSimd.Store(value, destination);
}

internal readonly unsafe struct SomeLanes : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Load<TSimd>(float* source, int available)
        where TSimd : struct, ISimd<TSimd> => TSimd.LoadPartial(source, available);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, float* destination, int available)
        where TSimd : struct, ISimd<TSimd> => TSimd.StorePartial(value, destination, available);
}
