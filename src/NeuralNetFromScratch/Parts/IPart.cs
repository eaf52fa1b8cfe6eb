namespace NeuralNetFromScratch;

/// <summary>A part that can be read from a file: it has a constructor that takes its settings back.</summary>
/// <typeparam name="TSelf">The part's own type.</typeparam>
public interface IPart<TSelf>
    where TSelf : Part, IPart<TSelf>
{
    /// <summary>The kind in the part's <see cref="Settings"/>.</summary>
    static abstract string Kind { get; }

    /// <summary>
    /// Makes a part of its settings, with the checks of its public constructor. It asks for every setting: one that is not asked for counts as
    /// unknown, and the file is refused.
    /// </summary>
    /// <param name="settings">The settings.</param>
    static abstract TSelf Create(Settings settings);
}
