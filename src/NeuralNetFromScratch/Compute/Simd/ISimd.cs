namespace NeuralNetFromScratch.Compute;

/// <summary>
/// A register of floats. Kernels are written once over it and the JIT compiles them for each width;
/// which width runs is chosen in <see cref="SimdDispatch"/> alone.
/// </summary>
internal unsafe interface ISimd<TSelf>
    where TSelf : struct, ISimd<TSelf>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Width { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    static abstract TSelf Load(ref readonly float source);

    static abstract void Store(TSelf value, float* destination);

    static abstract void Store(TSelf value, ref float destination);

    /// <summary>The first <paramref name="count"/> lanes from memory, the others zero; nothing else is read.</summary>
    static abstract TSelf LoadPartial(float* source, int count);

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing else.</summary>
    static abstract void StorePartial(TSelf value, float* destination, int count);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>left · right + addend</c>, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>
    /// <c>sum ← left · right + sum</c>, as <see cref="MultiplyAdd"/>, but in place: the JIT then leaves the sum in its register, where it would
    /// otherwise copy it there from that of a factor which is not needed any more.
    /// </summary>
    static abstract void AddProduct(ref TSelf sum, TSelf left, TSelf right);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Exp(TSelf value);

    static abstract TSelf Log(TSelf value);

    /// <summary><paramref name="whenTrue"/> in the lanes where <c>left &lt; right</c> holds, else <paramref name="whenFalse"/>; a NaN compares false.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary><paramref name="whenTrue"/> in the lanes where <c>left ≤ right</c> holds, else <paramref name="whenFalse"/>; a NaN compares false.</summary>
    static abstract TSelf SelectLessOrEqual(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);
}

/// <summary>A kernel call waiting for its register type.</summary>
internal interface ISimdKernel
{
    void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>;
}
